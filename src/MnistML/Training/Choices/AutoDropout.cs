namespace MnistML.Training.Choices;

/// <summary>
/// The dropout rate where the user leaves it open. Few rows are repeated in many epochs, and a network of a hundred thousand weights would
/// overfit them: dropout prevents that. Many rows are repeated in few epochs, where dropout would only slow the training down. A number
/// takes less of it than a class, for its noise blurs numbers, and widens quantiles. Cycles end by the loss of rows that are left out, so
/// that there is time for dropout at any number of rows.
/// </summary>
internal static class AutoDropout
{
    private const long MaxRowsWithDropout = 20_000;
    private const double RateOfClasses = 0.3;
    private const double RateOfNumbers = 0.1;

    public static double Choose(long rowCount, MlpTask task, bool hasCycles) =>
        rowCount > MaxRowsWithDropout && !hasCycles ? 0 : task == MlpTask.Regression ? RateOfNumbers : RateOfClasses;
}
