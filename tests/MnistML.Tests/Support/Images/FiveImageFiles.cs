using Microsoft.ML;

namespace MnistML.Tests.Support;

/// <summary>The files of 5 images of 2×3 and their labels, in a folder that it owns.</summary>
internal sealed class FiveImageFiles : IDisposable
{
    public FiveImageFiles()
    {
        ImagesPath = Folder.Write("images", IdxBytes.FiveImages);
        LabelsPath = Folder.Write("labels.gz", IdxBytes.Gzip(IdxBytes.FiveLabels));
    }

    public TemporaryFolder Folder { get; } = new();

    public string ImagesPath { get; }

    public string LabelsPath { get; }

    public IDataView Load(IdxLoaderOptions? options = null) => new MLContext(seed: 1).Data.LoadFromIdx(ImagesPath, LabelsPath, options);

    public void Dispose() => Folder.Dispose();
}
