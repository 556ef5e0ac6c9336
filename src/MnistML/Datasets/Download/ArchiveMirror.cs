using System.IO.Compression;

namespace MnistML.Datasets.Download;

/// <summary>A zip archive that holds files of data sets, in any folders.</summary>
internal static class ArchiveMirror
{
    /// <summary>Why a file cannot be taken from an archive, as the end of a sentence; null if it can.</summary>
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
    public static async Task UnpackAsync(
        string archivePath, DatasetFile file, string path, long maxBytes, CancellationToken cancellationToken)
    {
        using var archive = ZipFile.OpenRead(archivePath);
        var entry = FindEntry(archive, file.Name)!;
        if (entry.Length > maxBytes)
        {
            throw new InvalidDataException(
                $"sends an archive whose {file.Name} takes {entry.Length} bytes, but at most {maxBytes} were expected");
        }

        await entry.ExtractToFileAsync(path, overwrite: true, cancellationToken).ConfigureAwait(false);
    }

    private static ZipArchiveEntry? FindEntry(ZipArchive archive, string fileName) =>
        archive.Entries.FirstOrDefault(entry => entry.Name == fileName);
}
