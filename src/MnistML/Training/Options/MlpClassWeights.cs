using System.ComponentModel.DataAnnotations;
using MnistML.Common;

namespace MnistML;

/// <summary>
/// A factor on the loss of each row by its class, for data in which some classes are rare or matter more. It multiplies the row's own
/// weight, and all weights are then divided by their mean over the training rows, so that they change what is learnt, but not how fast.
/// </summary>
public sealed record MlpClassWeights : IValidatableObject
{
    private readonly ValueList<double> _weights = [];

    private MlpClassWeights()
    {
    }

    /// <summary>All classes count alike, by their rows.</summary>
    public static MlpClassWeights None { get; } = new();

    /// <summary>
    /// <c>rows / (classes · rows of the class)</c>, counted over the training rows and the classes that have any, as scikit-learn's
    /// <c>class_weight="balanced"</c>: each class has the same weight in all.
    /// </summary>
    public static MlpClassWeights Balanced { get; } = new() { IsBalanced = true };

    /// <summary>Whether the weights are computed from the numbers of rows.</summary>
    public bool IsBalanced { get; private init; }

    /// <summary>
    /// The weights that were given, in the order of the key's values, or of false and true; empty for <see cref="None"/> and
    /// <see cref="Balanced"/>.
    /// </summary>
    [AtLeast(0)]
    public IReadOnlyList<double> Weights => _weights;

    private bool IsExplicit { get; init; }

    /// <summary>The given weights.</summary>
    /// <param name="weights">
    /// One for each class in the order of the key's values, or for false and true, each 0 or above, not all 0.
    /// </param>
    public static MlpClassWeights Explicit(params IEnumerable<double> weights) =>
        new(weights ?? throw new ArgumentNullException(nameof(weights)));

    private MlpClassWeights(IEnumerable<double> weights)
    {
        _weights = [.. weights];
        IsExplicit = true;
    }

    /// <summary>"None", "Balanced", or the weights.</summary>
    public override string ToString() => IsBalanced ? nameof(Balanced) : IsExplicit ? _weights.ToString() : nameof(None);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (IsExplicit && !_weights.Any(weight => weight != 0))
        {
            yield return new ValidationResult($"{nameof(Weights)} is {_weights}, but at least one weight must be above 0.");
        }
    }

    /// <summary>The factor of each class; null if there is none to apply.</summary>
    /// <param name="rowsOfClass">Training rows of each class.</param>
    /// <exception cref="ArgumentException">The given weights are not as many as the classes.</exception>
    internal double[]? For(IReadOnlyList<long> rowsOfClass)
    {
        if (IsExplicit && _weights.Count != rowsOfClass.Count)
        {
            throw new ArgumentException(
                $"{nameof(MlpClassificationOptions.ClassWeights)} has {_weights.Count} weights, "
                + $"but the label has {rowsOfClass.Count} classes; give one for each.");
        }

        var balancedShare = (double)rowsOfClass.Sum() / Math.Max(rowsOfClass.Count(rows => rows > 0), 1);
        return IsBalanced ? [.. rowsOfClass.Select(rows => rows > 0 ? balancedShare / rows : 0)]
            : IsExplicit ? [.. _weights]
            : null;
    }
}
