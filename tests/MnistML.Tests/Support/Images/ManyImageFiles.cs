using Microsoft.ML;

namespace MnistML.Tests.Support;

/// <summary>Files of up to 255 images of 2×3, with labels from 0 to 3, all drawn from one seed; and the same rows in memory.</summary>
internal sealed class ManyImageFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="count">Number of images, at most 255.</param>
    /// <param name="packed">Whether the files are gzipped.</param>
    public ManyImageFiles(int count, bool packed = false)
    {
        var random = new Random(1);
        var pixels = new byte[count * 6];
        random.NextBytes(pixels);
        byte[] labels = [.. Enumerable.Range(0, count).Select(index => (byte)(index < 4 ? index : random.Next(4)))];
        Rows = [.. pixels.Chunk(6).Zip(labels, ImageRow.Of)];
        ImagesPath = Write("images", IdxBytes.Of(0x08, [count, 2, 3], pixels));
        LabelsPath = Write("labels", IdxBytes.Labels(labels));

        string Write(string name, byte[] bytes) => _folder.Write(name, packed ? IdxBytes.Gzip(bytes) : bytes);
    }

    public IReadOnlyList<ImageRow> Rows { get; }

    public string ImagesPath { get; }

    public string LabelsPath { get; }

    public IDataView Load(IdxLoaderOptions? options = null) => new MLContext(seed: 1).Data.LoadFromIdx(ImagesPath, LabelsPath, options);

    public void Dispose() => _folder.Dispose();
}
