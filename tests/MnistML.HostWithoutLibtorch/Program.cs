using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML;

// Prints what Fit throws: the exception's type, its message, and the type of its inner exception. It tries twice: the second try is to
// throw the same as the first.
var mlContext = new MLContext();
var data = mlContext.Data.LoadFromEnumerable([new Row { Label = 0 }, new Row { Label = 1 }]);
var trainer = new MlpTrainer(mlContext);
for (var attempt = 0; attempt < 2; attempt++)
{
    try
    {
        trainer.Fit(data);
    }
    catch (DllNotFoundException exception)
    {
        Console.WriteLine(exception.GetType());
        Console.WriteLine(exception.Message);
        Console.WriteLine($"Inner: {exception.InnerException?.GetType()}");
    }
}

internal sealed class Row
{
    [VectorType(2)]
    public float[] Features { get; set; } = [0, 1];

    [KeyType(2)]
    public uint Label { get; set; }
}
