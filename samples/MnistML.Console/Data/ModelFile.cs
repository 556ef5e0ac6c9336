using Microsoft.ML;

namespace MnistML.Samples.Data;

/// <summary>A saved model.</summary>
internal static class ModelFile
{
    /// <summary>
    /// Creates the folder for a model and checks that a file can be written there. Called before the training, so that it is not in vain.
    /// </summary>
    public static void EnsureWritable(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var trial = new FileStream($"{path}.{Guid.NewGuid():N}.tmp", new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.DeleteOnClose,
        });
    }

    /// <summary>Saves a model with ML.NET. The file appears under its name only when it is complete.</summary>
    public static void Save(MLContext mlContext, ITransformer model, DataViewSchema inputSchema, string path)
    {
        var temporaryPath = $"{path}.{Guid.NewGuid():N}.tmp";
        using var temporary = Leftovers.Own(temporaryPath);
        mlContext.Model.Save(model, inputSchema, temporaryPath);
        File.Move(temporaryPath, path, overwrite: true);
    }

    /// <summary>Loads a model with its network, which scores in batches; <c>mlContext.Model.Load</c> also works, without MnistML.</summary>
    public static ITransformer Load(MLContext mlContext, string path) => File.Exists(path)
        ? mlContext.Model.LoadMlp(path, out _)
        : throw new FileNotFoundException($"There is no model '{path}'. Train one: train --out {path}");
}
