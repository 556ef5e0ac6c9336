namespace MnistML.Training.Options;

/// <summary>How many epochs to train where the user leaves it open: enough updates for small data, few passes over large data.</summary>
internal static class AutoEpochs
{
    private const int Updates = 800;
    private const int MinEpochs = 3;

    // Few rows are learnt by heart when they are passed over more often: RECIPES.md has what was seen.
    private const int MaxEpochs = 30;

    public static int Choose(int batchesPerEpoch) => Math.Clamp(Updates / batchesPerEpoch, MinEpochs, MaxEpochs);
}
