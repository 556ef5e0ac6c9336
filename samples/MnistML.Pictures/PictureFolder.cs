namespace MnistML.Samples.Pictures;

/// <summary>A picture file and its class, the name of its folder.</summary>
internal sealed record LabelledPicture(string Path, string Label);

/// <summary>A folder with a subfolder of pictures for each class.</summary>
internal static class PictureFolder
{
    private static readonly HashSet<string> Endings =
        new([".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"], StringComparer.OrdinalIgnoreCase);

    /// <summary>All pictures, in the order of their names. Files with other endings, and hidden ones, are no pictures.</summary>
    /// <exception cref="IOException">The folder is not there, or has fewer than two classes.</exception>
    public static LabelledPicture[] Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Name one with a subfolder of pictures for each class.");
        }

        LabelledPicture[] pictures =
        [
            .. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(
                subfolder => Directory.EnumerateFiles(subfolder, "*", SearchOption.AllDirectories)
                    .Where(file => Endings.Contains(Path.GetExtension(file)) && !Path.GetFileName(file).StartsWith('.'))
                    .Order(StringComparer.Ordinal)
                    .Select(file => new LabelledPicture(file, Path.GetFileName(subfolder)))),
        ];
        ThrowIfOneClass(pictures, folder);
        return pictures;
    }

    /// <exception cref="IOException">There are fewer than two classes.</exception>
    public static void ThrowIfOneClass(IReadOnlyCollection<LabelledPicture> pictures, string folder)
    {
        var classes = pictures.Select(picture => picture.Label).Distinct().Count();
        if (classes < 2)
        {
            throw new IOException(
                $"'{folder}' has {classes} subfolder{(classes == 1 ? "" : "s")} with pictures that can be read, but two classes are "
                + $"needed: a subfolder for each, with files that end in {string.Join(", ", Endings.Order(StringComparer.Ordinal))}.");
        }
    }

    /// <summary>
    /// Which pictures are held out to measure the accuracy: every fifth of each class, none of a class with one picture, one at least of
    /// others.
    /// </summary>
    public static bool[] HeldOut(IReadOnlyList<LabelledPicture> pictures, int seed)
    {
        var heldOut = new bool[pictures.Count];
        var random = new Random(seed);
        foreach (var ofClass in Enumerable.Range(0, pictures.Count).GroupBy(i => pictures[i].Label))
        {
            int[] order = [.. ofClass];
            random.Shuffle(order);
            foreach (var i in order.Take(order.Length == 1 ? 0 : Math.Max(1, order.Length / 5)))
            {
                heldOut[i] = true;
            }
        }

        return heldOut;
    }
}
