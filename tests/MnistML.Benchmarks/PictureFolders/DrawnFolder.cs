using SkiaSharp;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>A folder of pictures that was drawn for a training, and pictures that are not in it.</summary>
/// <param name="Path">The folder.</param>
/// <param name="PictureCount">How many pictures it has that can be read.</param>
/// <param name="OfKind">How many of each kind, at least.</param>
/// <param name="Unreadable">The files in it that can't be read.</param>
/// <param name="Unseen">Other pictures of the same kinds: the path and the kind of each.</param>
internal sealed record DrawnFolder(
    string Path, int PictureCount, int OfKind, string[] Unreadable, (string Path, string Kind)[] Unseen)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Draws a folder.</summary>
    /// <param name="path">Where; what is there is deleted.</param>
    /// <param name="pictures">Its pictures.</param>
    /// <param name="unseen">Those that are not in it.</param>
    /// <param name="withBroken">Whether files that can't be read are among them, and two with the ending of another format.</param>
    public static DrawnFolder Write(string path, IEnumerable<DrawnPicture> pictures, IEnumerable<DrawnPicture> unseen, bool withBroken)
    {
        var unseenPath = path + ", unseen";
        foreach (var old in new[] { path, unseenPath }.Where(Directory.Exists))
        {
            Directory.Delete(old, recursive: true);
        }

        string[] kinds = [.. pictures.Select(picture => System.IO.Path.GetDirectoryName(picture.Write(path))!)];
        string[] unreadable = [];
        var count = kinds.Length;
        if (withBroken)
        {
            var first = Directory.GetFiles(kinds[0]).Order(StringComparer.Ordinal).First();
            using var picture = SKBitmap.Decode(first);
            unreadable = BrokenFiles.WriteUnreadable(path, picture);
            count += BrokenFiles.WriteMislabelled(kinds[0], picture).Length;
        }

        return new DrawnFolder(
            path,
            count,
            kinds.CountBy(kind => kind).Min(kind => kind.Value),
            unreadable,
            [.. unseen.Select(picture => (picture.Write(unseenPath), picture.Kind))]);
    }
}
