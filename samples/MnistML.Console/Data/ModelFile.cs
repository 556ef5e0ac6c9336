using Microsoft.ML;

namespace MnistML.Samples.Data;

/// <summary>A saved model.</summary>
internal static class ModelFile
{
    /// <summary>
    /// Saves a model with ML.NET. The file appears under its name only when it is complete. If it can't be written there after all, the
    /// model is kept in another place, since it may have taken hours.
    /// </summary>
    /// <exception cref="IOException">The model is not where it was to be; the message says where it is.</exception>
    public static void Save(MLContext mlContext, ITransformer model, DataViewSchema inputSchema, string path)
    {
        try
        {
            Write(path);
        }
        catch (IOException refusal)
        {
            string[] places = [Path.GetTempPath(), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)];
            var kept = places.Where(Directory.Exists).Select(folder => Keep(folder, Write)).FirstOrDefault(file => file is not null);
            throw new IOException(
                kept is null
                    ? $"{refusal.Message} The model is lost, since neither {string.Join(" nor ", places)} takes it."
                    : $"{refusal.Message} The model is kept as '{kept}': move it from there.",
                refusal);
        }

        void Write(string file) => OutputFile.Write(file, temporaryPath => mlContext.Model.Save(model, inputSchema, temporaryPath));
    }

    /// <summary>Loads a model with its network, which scores in batches; <c>mlContext.Model.Load</c> also works, without MnistML.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it.</param>
    /// <returns>The model, which the caller disposes.</returns>
    public static ITransformer Load(MLContext mlContext, string path, string option = "--model")
    {
        if (Directory.Exists(path))
        {
            throw new ArgumentException(
                $"{option} is '{path}', a folder, but must name a saved model, for example '{Path.Combine(path, "model.zip")}'.");
        }

        return File.Exists(path)
            ? mlContext.Model.LoadMlp(path, out _)
            : throw new FileNotFoundException($"There is no model '{path}'. Train one: train --out {path}");
    }

    /// <summary>Refuses a model that does not tell classes apart.</summary>
    public static void EnsureMulticlass(ITransformer model, string path)
    {
        if (MlpTransformer.Find(model) is { Task: not MlpTask.Multiclass and var task })
        {
            throw new ArgumentException(
                $"The model '{path}' is for {task}, but digits are of many classes. "
                + $"Use a model for {MlpTask.Multiclass}, as train saves it.");
        }
    }

    private static string? Keep(string folder, Action<string> write)
    {
        var file = Path.Combine(folder, $"mnistml-model-{Guid.NewGuid():N}.zip");
        try
        {
            write(file);
            return file;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
