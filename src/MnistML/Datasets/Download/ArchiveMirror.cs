using System.IO.Compression;

namespace MnistML.Datasets.Download;

/// <summary>A zip archive that holds files of data sets, in whichever folders.</summary>
internal static class ArchiveMirror
{
    /// <summary>What is wrong with an archive for taking a file from it, as the end of a sentence; null if nothing is.</summary>
    public static string? FindFault(string archivePath, string fileName)
    {
        if (!File.Exists(archivePath))
        {
            return "is not there";
        }

        try
        {
            using var archive = ZipFile.OpenRead(archivePath);
            return FindEntry(archive, fileName) is null ? $"does not hold {fileName}" : null;
        }
        catch (InvalidDataException)
        {
            return "is no whole zip archive";
        }
    }

    /// <summary>Unpacks a file from an archive that holds it.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged, or the file is larger than it can be.</exception>
    public static void Unpack(string archivePath, DatasetFile file, string path, long mostBytes)
    {
        using var archive = ZipFile.OpenRead(archivePath);
        var entry = FindEntry(archive, file.Name)!;
        if (entry.Length > mostBytes)
        {
            throw new InvalidDataException($"sends an archive whose {file.Name} takes {entry.Length} bytes, but at most {mostBytes} were "
                + "expected");
        }

        entry.ExtractToFile(path, overwrite: true);
    }

    private static ZipArchiveEntry? FindEntry(ZipArchive archive, string fileName) =>
        archive.Entries.FirstOrDefault(entry => entry.Name == fileName);
}
