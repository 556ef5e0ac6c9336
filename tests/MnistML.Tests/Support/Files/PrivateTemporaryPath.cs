namespace MnistML.Tests.Support;

/// <summary>A folder that is this process's temporary folder for as long as it lasts, so that all that is left there is seen.</summary>
internal sealed class PrivateTemporaryPath : IDisposable
{
    private static readonly string[] Variables = ["TMPDIR", "TMP", "TEMP"];

    private readonly TemporaryFolder _folder = new();
    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];

    public PrivateTemporaryPath() => Array.ForEach(Variables, name => Environment.SetEnvironmentVariable(name, _folder.Path));

    public IReadOnlyList<string> Names => _folder.Names;

    public void Dispose()
    {
        for (var i = 0; i < Variables.Length; i++)
        {
            Environment.SetEnvironmentVariable(Variables[i], _before[i]);
        }

        _folder.Dispose();
    }
}
