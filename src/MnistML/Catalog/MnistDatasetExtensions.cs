using MnistML;
using MnistML.Datasets;

namespace Microsoft.ML;

/// <summary>Joins the catalogue of data sets to the loader.</summary>
public static class MnistDatasetExtensions
{
    /// <summary>
    /// The options with which <see cref="IdxCatalogExtensions.LoadFromIdx"/> loads a data set's files: its class names, first label, label
    /// field, and whether images are transposed.
    /// </summary>
    /// <param name="dataset">The data set, for example <see cref="MnistDataset.EmnistLetters"/>.</param>
    public static IdxLoaderOptions CreateLoaderOptions(this MnistDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new IdxLoaderOptions
        {
            ClassNames = dataset.ClassNames,
            FirstLabel = dataset.FirstLabel,
            LabelField = dataset.LabelField,
            Transpose = dataset.IsTransposed,
        };
    }
}
