namespace MnistML.Network.Losses;

/// <summary>What the network should predict for a row, and how much the row counts.</summary>
/// <param name="Class">The class, zero-based; 0 in regression, where all rows are alike.</param>
/// <param name="Value">The label in regression; 0 in classification.</param>
/// <param name="Weight">The factor on the row's loss, 0 or above.</param>
internal readonly record struct Target(int Class, float Value, float Weight)
{
    /// <summary>The fold that the row is in, from 1 on: the number of the member that does not learn from it; 0 where all do.</summary>
    public byte Fold { get; init; }

    /// <summary>
    /// The factor on the row's loss for one member: 0 where it leaves the row out; for the others so much above 1 that it evens out.
    /// </summary>
    /// <param name="member">The member, from 0 on.</param>
    /// <param name="memberCount">All members.</param>
    public double ShareOf(int member, int memberCount) => Fold == 0 ? 1
        : Fold == member + 1 ? 0
        : memberCount / (memberCount - 1.0);
}
