namespace MnistML.Training.Options;

/// <summary>
/// The dropout rate where the user leaves it open. Few rows are repeated in many epochs, and a network of a hundred thousand weights would
/// overfit them: dropout prevents that. Many rows are repeated in few epochs, where dropout would only slow the training down.
/// </summary>
internal static class AutoDropout
{
    private const long MaxRowsWithDropout = 20_000;
    private const double Rate = 0.3;

    public static double Choose(long rowCount) => rowCount <= MaxRowsWithDropout ? Rate : 0;
}
