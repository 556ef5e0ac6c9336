// Pictures in subfolders, one for each class, become a classifier: a pretrained network makes features, and MnistML learns from them.
// dotnet run -c Release --project samples/MnistML.Pictures -- train FOLDER
// dotnet run -c Release --project samples/MnistML.Pictures -- predict PICTURE…
using System.CommandLine;
using MnistML.Samples.Pictures.Commands;

var root = new RootCommand("Classify pictures by a pretrained network and MnistML") { TrainCommand.Create(), PredictCommand.Create() };
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception mistake) when (mistake is IOException or ArgumentException or UnauthorizedAccessException or InvalidDataException)
{
    Console.Error.WriteLine($"Error: {mistake.Message}");
    return 1;
}
