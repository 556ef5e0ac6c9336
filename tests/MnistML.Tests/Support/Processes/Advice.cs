namespace MnistML.Tests.Support;

/// <summary>
/// The commands that the console recommends at the end. They name its project, so how long they are, and whether they need quotation marks,
/// depends on where the clone lies.
/// </summary>
internal static class Advice
{
    private const string PlainCharacters = "/\\.,:=-_+";

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Host.PathOf("MnistML.Console"), "../../../.."));

    /// <summary>A command as it is recommended in a folder.</summary>
    /// <param name="workingDirectory">The folder.</param>
    /// <param name="arguments">The console's arguments.</param>
    public static string Command(string workingDirectory, string arguments) =>
        $"dotnet run {(Host.PathOf("MnistML.Console").Contains("/Release/", StringComparison.Ordinal) ? "-c Release " : "")}"
        + $"--project {Project(workingDirectory)} -- {arguments}";

    /// <summary>What a screen shows behind "Next:", without white space and without the backslashes at the ends of broken lines.</summary>
    public static string On(TerminalScreen screen) => Squeeze(
        string.Concat(screen.Lines.SkipWhile(line => line != "Next:").Skip(1).Select(line => line.TrimEnd('\\'))));

    /// <summary>A text without white space.</summary>
    public static string Squeeze(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));

    /// <summary>Whether a line is a piece of the project's path, which no program can break where a terminal can't.</summary>
    public static bool IsPieceOfProject(string workingDirectory, string line) =>
        Project(workingDirectory).Contains(line.Trim().TrimEnd('\\').TrimEnd(), StringComparison.Ordinal);

    /// <summary>The project as a shell takes it, by the shorter one of its paths.</summary>
    private static string Project(string workingDirectory)
    {
        var relative = Path.GetRelativePath(workingDirectory, Folder);
        var path = relative.Length > Folder.Length ? Folder : relative;
        return path.All(character => char.IsAsciiLetterOrDigit(character) || PlainCharacters.Contains(character, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
