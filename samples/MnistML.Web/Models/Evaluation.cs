namespace MnistML.Web.Models;

/// <summary>What a model answers for a set of images whose labels are known.</summary>
internal sealed record Evaluation
{
    public required int Count { get; init; }

    /// <summary>The share of right answers, from 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Images by label, then by predicted class.</summary>
    public required IReadOnlyList<int[]> Confusion { get; init; }

    /// <summary>The images that were answered wrongly, the surest first, up to a limit for each cell.</summary>
    public required IReadOnlyList<Mistake> Mistakes { get; init; }
}

/// <summary>An image that was answered wrongly.</summary>
/// <param name="Index">Its zero-based index in the set.</param>
/// <param name="Label">Its zero-based class.</param>
/// <param name="Predicted">The class that was predicted.</param>
/// <param name="Probability">The probability of that class.</param>
internal sealed record Mistake(int Index, int Label, int Predicted, float Probability);
