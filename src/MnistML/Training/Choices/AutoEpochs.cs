namespace MnistML.Training.Choices;

/// <summary>The number of epochs where the user leaves it open: enough updates for small data, few passes over large data.</summary>
internal static class AutoEpochs
{
    private const int Updates = 800;
    private const int MinEpochs = 3;

    // More epochs overfit few rows: RECIPES.md has the measurements.
    private const int MaxEpochs = 30;

    public static int Choose(int batchesPerEpoch) => Math.Clamp(Updates / batchesPerEpoch, MinEpochs, MaxEpochs);
}
