using System.Text;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Commands to try next, to be copied as they stand from the folder that the program runs in.</summary>
internal static class NextSteps
{
    private const string ProjectFile = "MnistML.Console.csproj";
    private const string Indent = "  ";
    private const string Continuation = @" \";

    /// <summary>Writes commands.</summary>
    /// <param name="console">The console to write to.</param>
    /// <param name="commands">The arguments of each; none for nothing to be written.</param>
    public static void Write(IAnsiConsole console, IReadOnlyList<string[]> commands)
    {
        if (commands.Count == 0)
        {
            return;
        }

        console.WriteLine();
        console.WriteLine("Next:");
        var program = FindProgram();
        foreach (var command in commands)
        {
            foreach (var line in Break([.. program, .. command.Select(Quote)], console.Profile.Width))
            {
                console.WriteLine(line);
            }
        }
    }

    /// <summary>
    /// How the program is run: by <c>dotnet run</c> as long as it lies below its project, and by its own name else. Release or Debug is
    /// what it was built as.
    /// </summary>
    private static string[] FindProgram()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        for (var folder = output; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, ProjectFile)))
            {
                var project = FromHere(folder.FullName);
                var below = Path.GetRelativePath(folder.FullName, output.FullName).Split(Path.DirectorySeparatorChar);
                return
                [
                    "dotnet", "run",
                    .. below.Contains("Release") ? (string[])["-c", "Release"] : [],
                    .. project == "." ? (string[])[] : ["--project", Quote(project)],
                    "--",
                ];
            }
        }

        var path = FromHere(Environment.ProcessPath!);
        return [Quote(path.Contains(Path.DirectorySeparatorChar) ? path : Path.Combine(".", path))];
    }

    /// <summary>The shorter one of the path from the working folder and the whole path.</summary>
    private static string FromHere(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) && relative.Length > path.Length ? path : relative;
    }

    private static string Quote(string word) =>
        word.Any(character => !char.IsAsciiLetterOrDigit(character) && !"/\\.,:=-_+".Contains(character, StringComparison.Ordinal))
            ? OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"
            : word;

    /// <summary>A command as lines that a shell takes for one.</summary>
    private static IEnumerable<string> Break(IReadOnlyList<string> words, int width)
    {
        var line = new StringBuilder(Indent).Append(words[0]);
        foreach (var word in words.Skip(1))
        {
            if (line.Length + 1 + word.Length + Continuation.Length > width && !OperatingSystem.IsWindows())
            {
                yield return line.Append(Continuation).ToString();
                line.Clear().Append(Indent).Append(Indent).Append(word);
            }
            else
            {
                line.Append(' ').Append(word);
            }
        }

        yield return line.ToString();
    }
}
