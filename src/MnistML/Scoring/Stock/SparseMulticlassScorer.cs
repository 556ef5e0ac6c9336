using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MnistML.Common;
using MnistML.Onnx;

namespace MnistML.Scoring.Stock;

/// <summary>
/// The scorer of multiclass classification where there are many classes. The network gives the probabilities, and the scorer, that of
/// <c>SdcaNonCalibrated</c>, passes them on: ML.NET's softmax of many classes takes longer than the network. Its weights, the identity, are
/// sparse, where the trainer would save a number for each pair of classes. ML.NET reads sparse weights from its files, so a scorer of three
/// classes is saved, given the weights and the schema of all classes, and loaded.
/// </summary>
internal static class SparseMulticlassScorer
{
    private const int TemplateClasses = 3;
    private const string ModelEntry = "/Model/Model.key";
    private const string SchemaEntry = "/TrainSchema";

    /// <summary>Where ML.NET saves the schema of a whole model's input, in the same form.</summary>
    private const string InputSchemaEntry = "Schema";

    /// <summary>Parts of the model of three classes that do not belong to another.</summary>
    private static readonly string[] Superfluous = ["/Model/LabelNames", "/Model/ModelStats/"];

    /// <summary>
    /// Where the header of ML.NET's models has the position of the block of numbers and its length, and positions of what follows it
    /// (https://github.com/dotnet/machinelearning, <c>ModelHeader.cs</c>): the strings, the tail, the end and the assembly's name.
    /// </summary>
    private const int BlockPlace = 0x10;
    private const int BlockLengthPlace = 0x18;
    private static readonly int[] LaterPlaces = [0x20, 0x30, 0x80, 0x88, 0x90];

    public static StockScorer Fit(string inputColumnName, DataViewSchema.Column label) => FromTemplate(
        new MLContext(seed: 0).MulticlassClassification.Trainers
            .SdcaNonCalibrated(new SdcaNonCalibratedMulticlassTrainer.Options
            {
                LabelColumnName = label.Name,
                FeatureColumnName = inputColumnName,
                MaximumNumberOfIterations = 1,
                NumberOfThreads = 1,
            })
            .Fit(MulticlassScorer.OneHotRows(inputColumnName, TemplateLabel(label.Name))),
        inputColumnName,
        label);

    /// <summary>Makes a scorer of all classes from one of three.</summary>
    /// <param name="template">A scorer of linear classes, with a softmax or without.</param>
    /// <param name="inputColumnName">The vector column that it reads.</param>
    /// <param name="label">The user's label column.</param>
    public static StockScorer FromTemplate(ITransformer template, string inputColumnName, DataViewSchema.Column label)
    {
        var classCount = MulticlassScorer.ClassCountOf(label);
        using var stream = new MemoryStream();
        new MLContext().Model.Save(new TransformerChain<ITransformer>(template), SchemaOf(inputColumnName, classCount, label), stream);
        return FromSaved(stream, classCount);
    }

    /// <summary>The same from a saved chain of the scorer of three classes, whose entries are changed in the stream.</summary>
    public static StockScorer FromSaved(MemoryStream stream, int classCount)
    {
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            foreach (var entry in archive.Entries.Where(entry => Superfluous.Any(ZipEntryPath.Of(entry).Contains)).ToArray())
            {
                entry.Delete();
            }

            Change(archive, ModelEntry, model => WithBlock(model, SparseIdentity(classCount)));
            Change(archive, SchemaEntry, _ => Read(archive.GetEntry(InputSchemaEntry)!));
        }

        stream.Position = 0;
        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(stream, out _);
        return StockScorer.TryRead(loaded.Single()) ?? throw Unsupported("they can't be loaded");
    }

    /// <summary>Recognises the scorer; null if a stage is another.</summary>
    /// <exception cref="NotSupportedException">Its weights are sparse, but not the identity.</exception>
    public static StockScorer? TryRead(ITransformer stage)
    {
        if (stage is not MulticlassPredictionTransformer<LinearMulticlassModelParameters> scorer)
        {
            return null;
        }

        VBuffer<float>[] weights = [];
        scorer.Model.GetWeights(ref weights, out _);
        return TryReadInput(scorer.FeatureColumnName, weights, [.. scorer.Model.GetBiases()]) is null
            ? null
            : new StockScorer(MlpTask.Multiclass, scorer, new OnnxOutput(scorer.FeatureColumnName));
    }

    /// <summary>
    /// What a scorer with a softmax reads, as files of early versions of 0.3 have it, if its weights are the sparse identity; null if they
    /// are dense, or of a single class.
    /// </summary>
    /// <exception cref="NotSupportedException">They are sparse, but not the identity.</exception>
    public static OnnxOutput? TryReadInput(string inputColumnName, VBuffer<float>[] weights, float[] biases)
    {
        if (weights.Length == 1 || weights.All(row => row.IsDense))
        {
            return null;
        }

        for (var row = 0; row < weights.Length; row++)
        {
            if (!weights[row].GetValues().SequenceEqual([1]) || !weights[row].GetIndices().SequenceEqual([row]) || biases[row] != 0)
            {
                throw Unsupported($"in row {row} they are not those, with a bias of 0");
            }
        }

        return new OnnxOutput(inputColumnName, biases, Scale: 1);
    }

    /// <summary>A label of three classes.</summary>
    public static DataViewSchema.Column TemplateLabel(string name)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(name, new KeyDataViewType(typeof(uint), TemplateClasses));
        return builder.ToSchema()[0];
    }

    private static void Change(ZipArchive archive, string ending, Func<byte[], byte[]> change)
    {
        var entry = archive.Entries.SingleOrDefault(entry => ZipEntryPath.Of(entry).EndsWith(ending, StringComparison.Ordinal))
            ?? throw Unsupported($"its file has no entry '{ending}'");
        var content = change(Read(entry));
        using var stream = entry.Open();
        stream.SetLength(0);
        stream.Write(content);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static NotSupportedException Unsupported(string found) =>
        StockScorer.Unsupported("SdcaNonCalibrated", "the sparse identity when its file is given that", found);

    /// <summary>What a scorer of all classes would be fitted on.</summary>
    private static DataViewSchema SchemaOf(string inputColumnName, int classCount, DataViewSchema.Column label) =>
        new ScorerRows<uint>(inputColumnName, classCount, label, rowCount: 0, _ => default, _ => default).Schema;

    /// <summary>
    /// The numbers of a model of linear classes: the size of a number, features, classes, biases, then the weights in compressed rows, with
    /// the number of entries before each array but the first.
    /// </summary>
    private static byte[] SparseIdentity(int classCount)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(sizeof(float));
        writer.Write(classCount);
        writer.Write(classCount);
        WriteNumbers(0, classCount);
        writer.Write(classCount + 1);
        WriteIndices(classCount + 1);
        writer.Write(classCount);
        WriteIndices(classCount);
        writer.Write(classCount);
        WriteNumbers(1, classCount);
        return stream.ToArray();

        void WriteNumbers(float number, int count)
        {
            for (var i = 0; i < count; i++)
            {
                writer.Write(number);
            }
        }

        void WriteIndices(int count)
        {
            for (var i = 0; i < count; i++)
            {
                writer.Write(i);
            }
        }
    }

    /// <summary>A model with another block of numbers.</summary>
    private static byte[] WithBlock(byte[] model, byte[] block)
    {
        var start = (int)BinaryPrimitives.ReadInt64LittleEndian(model.AsSpan(BlockPlace));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(model.AsSpan(BlockLengthPlace));
        byte[] result = [.. model[..start], .. block, .. model[(start + length)..]];
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(BlockLengthPlace), block.Length);
        foreach (var place in LaterPlaces)
        {
            // Where there is nothing, the position is 0.
            var position = BinaryPrimitives.ReadInt64LittleEndian(result.AsSpan(place));
            BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(place), position == 0 ? 0 : position + block.Length - length);
        }

        return result;
    }
}
