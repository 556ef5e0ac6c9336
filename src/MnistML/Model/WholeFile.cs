namespace MnistML.Model;

/// <summary>Files that appear under their name only when they are whole.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Writes a file, which replaces one that is there. Until it is whole it is named <c>….tmp</c>, which is overwritten by the next try if a process was
    /// killed meanwhile.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var temporaryPath = $"{path}.tmp";
        try
        {
            using (var stream = new FileStream(temporaryPath, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }
}
