namespace MnistML.Training;

/// <summary>How many epochs to train where the user leaves it open: enough updates for small data, few passes over large data.</summary>
internal static class EpochRule
{
    private const int Updates = 800;
    private const int FewestEpochs = 3;

    // Few rows are learnt by heart when they are passed over more often: RECIPES.md has what was seen.
    private const int MostEpochs = 30;

    public static int EpochsFor(int batchesPerEpoch) => Math.Clamp(Updates / batchesPerEpoch, FewestEpochs, MostEpochs);
}
