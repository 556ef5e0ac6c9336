using MnistML.Idx;

namespace MnistML.Datasets;

/// <summary>
/// Finds a data set's files where people keep them: in the folder that they name, or below it as torchvision lays them out.
/// </summary>
/// <param name="dataset">The data set.</param>
/// <param name="directory">The folder.</param>
internal sealed class DatasetFolder(MnistDataset dataset, string directory)
{
    /// <summary>The folder in which torchvision unpacks a data set, within one of the data set's name.</summary>
    private const string RawFolder = "raw";

    /// <summary>How far below the folder the files are looked for, to name the place in a message.</summary>
    private const int MaxDepth = 3;

    /// <summary>A home folder or a whole disc is not searched to its end.</summary>
    private const int MaxFolders = 1_000;

    /// <summary>Gives the paths of the files.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Files are missing; the message names each, and where such files lie instead.</exception>
    public MnistFiles Find()
    {
        ThrowIfNoFolder();
        if (LikelyFolders.Select(FindWhole).FirstOrDefault(files => files is not null) is { } found)
        {
            return found;
        }

        string[] missing = [.. dataset.Files.Zip(FindIn(directory)).Where(file => file.Second is null).Select(file => file.First.RawName)];
        throw new FileNotFoundException(
            $"'{directory}' does not hold {string.Join(", ", missing)} (raw or .gz), but {dataset.Title} consists of "
            + $"{dataset.Files.Count} files.{DescribeOtherPlace()}");
    }

    private IEnumerable<string> LikelyFolders =>
        [directory, .. Below(directory, RawFolder), .. Below(directory, dataset.TorchvisionName).SelectMany(own => Below(own, RawFolder))];

    private void ThrowIfNoFolder()
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        if (!File.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no folder '{directory}'.");
        }

        if (IsZip(directory))
        {
            throw new DirectoryNotFoundException(
                $"'{directory}' is a zip archive, but the {dataset.Files.Count} files of {dataset.Title} are read from a folder: unpack "
                + "it, and name the folder that holds them.");
        }

        var parent = Path.GetDirectoryName(directory) is { Length: > 0 } folder ? folder : ".";
        throw new DirectoryNotFoundException(
            $"'{directory}' is a file, but the folder of the {dataset.Files.Count} files of {dataset.Title} is to be named"
            + (FindWhole(parent) is null ? "." : $": '{parent}'."));
    }

    /// <summary>All files of a folder, or null if one of them is missing there.</summary>
    private MnistFiles? FindWhole(string folder)
    {
        var paths = FindIn(folder);
        return paths.Contains(null) ? null : MnistFiles.From(paths!);
    }

    /// <summary>For each file its path in a folder, or null. A name in the usual case is preferred to one in another.</summary>
    private string?[] FindIn(string folder)
    {
        var paths = Directory.EnumerateFiles(folder)
            .Where(File.Exists)
            .ToLookup(path => Path.GetFileName(path), StringComparer.OrdinalIgnoreCase);
        return
        [
            .. dataset.Files.Select(file => file.KnownNames
                .SelectMany(name => paths[name].OrderBy(path => Path.GetFileName(path) != name))
                .FirstOrDefault()),
        ];
    }

    private string DescribeOtherPlace()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, IgnoreInaccessible = true };
        var folders = Directory.EnumerateDirectories(directory, "*", options).Take(MaxFolders).Order(StringComparer.Ordinal);
        if (folders.FirstOrDefault(folder => FindWhole(folder) is not null) is { } other)
        {
            return $" Files of these names are in '{other}': name that folder, if they are the ones.";
        }

        return Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal).FirstOrDefault(IsZip) is { } archive
            ? $" There is a zip archive, '{archive}': unpack it, and name the folder that holds them then."
            : "";
    }

    private static IEnumerable<string> Below(string folder, string name) => Directory.EnumerateDirectories(
        folder, name, new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = true });

    private static bool IsZip(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[FileSignature.Zip.Length];
            file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return start.SequenceEqual(FileSignature.Zip);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
