namespace MnistML.Samples.Data;

/// <summary>Why a file can't be written. The messages of .NET name temporary files, and say little of what to do.</summary>
internal static class DiskError
{
    /// <summary>
    /// What .NET's exceptions have for HResult where the disk is full, or the user's share of it: ENOSPC, EDQUOT of macOS and of Linux, and
    /// Windows' two.
    /// </summary>
    private static readonly int[] DiskFull = [28, 69, 122, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    /// <summary>Where .NET puts the path behind the system's message.</summary>
    private const string BeforePath = " : '";

    /// <summary>The reason, in a few words that go on from "can't be written: ".</summary>
    public static string Describe(Exception exception, string path)
    {
        var folders = FoldersOf(path).ToArray();
        if (Directory.Exists(path))
        {
            return "a folder has that name";
        }

        if (folders.FirstOrDefault(File.Exists) is { } file)
        {
            return $"'{file}' is a file, so that no folder can be made there";
        }

        var folder = folders.FirstOrDefault(Directory.Exists);
        return exception switch
        {
            _ when HeldFile.Is(exception, path) =>
                "another program holds it open, such as a virus scanner, a synchronisation program or a viewer; close it there",
            UnauthorizedAccessException => $"you may not write into the folder '{folder}'",
            PathTooLongException => "the name is too long",
            FileNotFoundException or DirectoryNotFoundException => $"the system makes no file in the folder '{folder}'",
            _ when DiskFull.Contains(exception.HResult) => $"the disk that holds '{folder}' is full",
            _ => exception.Message.Split(BeforePath)[0].TrimEnd('.'),
        };
    }

    /// <summary>The folders around a file, from its own one outwards.</summary>
    public static IEnumerable<string> FoldersOf(string path)
    {
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(path)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
