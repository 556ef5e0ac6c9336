using MnistML.Common;
using MnistML.Network.Losses;

namespace MnistML.Training.Sampling;

/// <summary>
/// Deals rows into folds, stratified by class, in one pass: of each class, rows come in hands of as many as folds, and each hand is dealt
/// in an order of its own. So the folds of a class differ by at most one row.
/// </summary>
/// <param name="foldCount">The number of folds, at least 2.</param>
/// <param name="classCount">The number of classes.</param>
/// <param name="seed">Draws the orders.</param>
internal sealed class FoldDealer(int foldCount, int classCount, ulong seed)
{
    private readonly byte[][] _hands = [.. Enumerable.Range(0, classCount).Select(_ => NewHand(foldCount))];
    private readonly int[] _dealt = new int[classCount];
    private SplitMix64 _random = new(seed);

    /// <summary>The target of the next row, with its fold. Call it for each row, in the rows' own order.</summary>
    public Target Deal(Target target)
    {
        var (hand, place) = (_hands[target.Class], _dealt[target.Class]);
        _dealt[target.Class] = (place + 1) % foldCount;
        if (place == 0)
        {
            _random.Shuffle<byte>(hand);
        }

        return target with { Fold = hand[place] };
    }

    private static byte[] NewHand(int foldCount) => [.. Enumerable.Range(1, foldCount).Select(fold => (byte)fold)];
}
