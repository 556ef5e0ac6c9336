namespace MnistML.Training.Choices;

/// <summary>The size of a batch of a table where the user leaves it open: few rows give more updates in smaller batches.</summary>
internal static class AutoBatchSize
{
    public static int Choose(long rowCount) => rowCount switch
    {
        < 1_000 => 64,
        < 4_000 => 128,
        _ => 256,
    };
}
