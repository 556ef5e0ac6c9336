namespace MnistML.Benchmarks;

/// <summary>A folder that is deleted afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mnistml-benchmark-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
