namespace MnistML.Training.Options;

/// <summary>
/// How much to drop where the user leaves it open. Few rows are passed over many times, and a network of a hundred thousand weights learns them by heart: dropout
/// keeps it from that. Many rows are passed over a few times, and dropout would only make it learn more slowly.
/// </summary>
internal static class AutoDropout
{
    private const long MaxRowsWithDropout = 20_000;
    private const double Rate = 0.3;

    public static double Choose(long rowCount) => rowCount <= MaxRowsWithDropout ? Rate : 0;
}
