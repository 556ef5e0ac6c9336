using System.IO.Compression;

namespace MnistML.Common;

/// <summary>The names of entries in the zip archives of ML.NET.</summary>
internal static class ZipEntryPath
{
    /// <summary>The path with slashes: ML.NET takes the separator of the system that saves, which is a backslash on Windows.</summary>
    public static string Of(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/');
}
