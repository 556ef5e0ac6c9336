namespace MnistML.Datasets.Synthetic;

/// <summary>The two halves of a data set. The number takes part in the seed of every image: do not change it.</summary>
internal enum DigitSplit
{
    /// <summary>Images to learn from.</summary>
    Train = 1,

    /// <summary>Images to measure with; none of them is drawn from the generator of a training image.</summary>
    Test = 2,
}
