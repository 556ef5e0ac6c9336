using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Samples.Data;

/// <summary>The images of a view as <c>LoadFromIdx</c> makes it: their size, their pixels and labels.</summary>
internal sealed class DigitImages
{
    private readonly IDataView _view;

    private DigitImages(IDataView view, int height, int width)
    {
        _view = view;
        Height = height;
        Width = width;
        ClassNames = ClassNamesOf(view.Schema["Label"]);
    }

    /// <summary>Height of each image in pixels.</summary>
    public int Height { get; }

    /// <summary>Width of each image in pixels.</summary>
    public int Width { get; }

    /// <summary>The names of the labels, in class order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The images of a view; null if its items are not matrices, which cannot be shown.</summary>
    public static DigitImages? Find(IDataView view) =>
        view.Schema["Image"].Type is VectorDataViewType { Dimensions: [> 0, > 0] } matrix
            ? new DigitImages(view, matrix.Dimensions[0], matrix.Dimensions[1])
            : null;

    /// <summary>The names of a label's classes: its key values as texts.</summary>
    public static IReadOnlyList<string> ClassNamesOf(DataViewSchema.Column label)
    {
        if (((VectorDataViewType)label.Annotations.Schema["KeyValues"].Type).ItemType is TextDataViewType)
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            label.GetKeyValues(ref texts);
            return [.. texts.DenseValues().Select(text => $"{text}")];
        }

        VBuffer<uint> numbers = default;
        label.GetKeyValues(ref numbers);
        return [.. numbers.DenseValues().Select(number => $"{number}")];
    }

    /// <summary>Reads some images, in one pass over the view up to the last of them.</summary>
    /// <param name="indexes">Their zero-based indices in the view.</param>
    /// <returns>The images, in the order of <paramref name="indexes"/>.</returns>
    public IReadOnlyList<DigitImage> Read(IReadOnlyList<int> indexes)
    {
        var wanted = indexes.ToHashSet();
        var found = new Dictionary<int, DigitImage>();
        var (features, label) = (_view.Schema["Features"], _view.Schema["Label"]);
        using var cursor = _view.GetRowCursor([features, label]);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var getLabel = cursor.GetGetter<uint>(label);
        VBuffer<float> pixels = default;
        uint key = 0;
        for (var index = 0; found.Count < wanted.Count && cursor.MoveNext(); index++)
        {
            if (wanted.Contains(index))
            {
                getFeatures(ref pixels);
                getLabel(ref key);
                found[index] = new DigitImage(index, [.. pixels.DenseValues()], checked((int)key - 1)); // a key's 0 is a missing value
            }
        }

        return [.. indexes.Select(index => found[index])];
    }

    /// <summary>The standard deviation of each pixel over all images.</summary>
    public double[] PixelDeviations()
    {
        var (sums, squares, count) = (new double[Height * Width], new double[Height * Width], 0);
        foreach (var pixels in _view.GetColumn<float[]>("Features"))
        {
            count++;
            for (var i = 0; i < pixels.Length; i++)
            {
                sums[i] += pixels[i];
                squares[i] += (double)pixels[i] * pixels[i];
            }
        }

        return [.. sums.Zip(squares, (sum, square) => Math.Sqrt(Math.Max((square / count) - (sum / count * (sum / count)), 0)))];
    }
}

/// <summary>An image of a data set.</summary>
/// <param name="Index">Its zero-based index in the data set.</param>
/// <param name="Pixels">Its pixels row by row, as the network takes them.</param>
/// <param name="Label">Its zero-based class.</param>
internal sealed record DigitImage(int Index, float[] Pixels, int Label);
