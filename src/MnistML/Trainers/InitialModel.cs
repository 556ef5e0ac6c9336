using Microsoft.ML;

namespace MnistML.Trainers;

/// <summary>What a training begins with.</summary>
/// <param name="Parameters">The model, with the features and classes of the training data, in their order.</param>
internal sealed record InitialModel(MlpModelParameters Parameters)
{
    /// <summary>Zero-based indices of classes that the model does not know; its weights of them are 0.</summary>
    public IReadOnlyList<int> NewClasses { get; init; } = [];

    /// <summary>The label column with the classes that the model keeps; null for that of the training data.</summary>
    public DataViewSchema.Column? Label { get; init; }
}
