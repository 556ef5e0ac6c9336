namespace MnistML.Training.Choices;

/// <summary>
/// The hidden layers for sparse text where the user leaves them open. The first layer has a weight for each word and unit, whatever the
/// number of rows: its width is the power of two at which it has at most eight million weights, from 32 to 512. The second layer is half
/// as wide.
/// </summary>
internal static class TextLayers
{
    private const int MaxWeights = 1 << 23;
    private const int MinWidth = 32;
    private const int MaxWidth = 512;

    public static int[] Choose(int featureCount)
    {
        var width = MaxWidth;
        while (width > MinWidth && (long)width * featureCount > MaxWeights)
        {
            width /= 2;
        }

        return [width, width / 2];
    }
}
