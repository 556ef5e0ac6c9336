using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Common.DataViews;
using MnistML.Trainers.Columns;

namespace MnistML.Trainers;

/// <summary>Brings a model that is trained further to the classes and features of new data, which it finds by their names.</summary>
/// <param name="initial">The model.</param>
/// <param name="columns">The columns of the data.</param>
/// <param name="channel">The log, which is told what differs.</param>
internal sealed class ModelMatching(MlpTransformer initial, InputColumns columns, IChannel channel)
{
    private const int MaxNamesInLog = 10;

    /// <summary>An output or input of the result that the model does not have.</summary>
    private const int None = -1;

    /// <param name="keepsMissing">Whether classes that the data does not have stay; they then follow those of the data.</param>
    public InitialModel Match(bool keepsMissing)
    {
        var model = MatchFeatures(initial.Model);
        return initial.Task == MlpTask.Multiclass && columns.Label.Type is KeyDataViewType
            ? MatchClasses(model, keepsMissing)
            : new InitialModel(model);
    }

    private InitialModel MatchClasses(MlpModelParameters model, bool keepsMissing)
    {
        var (before, after) = (initial.ClassNames, KeyNames.Of(columns.Label));
        var haveNames = AreDistinct(before) && AreDistinct(after);
        var sources = haveNames ? Find(before!, after!) : ByNumber(model.Architecture.OutputSize, columns.ClassCount);
        int[] missing = [.. Enumerable.Range(0, model.Architecture.OutputSize).Except(sources)];
        int[] added = [.. Enumerable.Range(0, sources.Length).Where(i => sources[i] == None)];
        var outputs = keepsMissing ? [.. sources, .. missing] : sources;
        var isAsBefore = outputs.SequenceEqual(Enumerable.Range(0, model.Architecture.OutputSize));
        ReportMoved("classes", sources);
        ReportNew("class", added, after, "whose weights are drawn");
        ReportMissing("class", missing, before, keepsMissing ? "kept" : "dropped");
        return new InitialModel(isAsBefore ? model : WithOutputs(model, outputs))
        {
            NewClasses = added,
            Label = keepsMissing && missing.Length > 0 ? KeyNames.Append(columns.Label, PredictedLabel(), missing) : null,
        };
    }

    private MlpModelParameters MatchFeatures(MlpModelParameters model)
    {
        var (before, after) = (initial.FeatureNames, SlotNames.Of(columns.Features));
        if (before is null || after is null || before.SequenceEqual(after))
        {
            return model;
        }

        var sources = Find(before, after);
        ReportMoved("features", sources);
        ReportNew("feature", [.. Enumerable.Range(0, sources.Length).Where(i => sources[i] == None)], after, "whose weights begin at 0");
        ReportMissing("feature", [.. Enumerable.Range(0, before.Count).Except(sources)], before, "dropped");
        return WithFeatures(model, sources);
    }

    /// <summary>The place before of each name; none for one that is new.</summary>
    private static int[] Find(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var places = before.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        return [.. after.Select(name => places.GetValueOrDefault(name, None))];
    }

    /// <summary>The same place for each that there was before.</summary>
    private static int[] ByNumber(int countBefore, int count) => [.. Enumerable.Range(0, count).Select(i => i < countBefore ? i : None)];

    private static bool AreDistinct(IReadOnlyList<string>? names) => names is not null && names.Distinct().Count() == names.Count;

    private static MlpModelParameters WithOutputs(MlpModelParameters model, int[] sources) => Rebuild(
        model, model.Encoding, layers => [.. layers.SkipLast(1), Gather(layers[^1], outputs: sources, inputs: null)]);

    private static MlpModelParameters WithFeatures(MlpModelParameters model, int[] sources)
    {
        if (model.Encoding is not { } encoding)
        {
            return Rebuild(model, encoding: null, layers => [Gather(layers[0], outputs: null, sources), .. layers.Skip(1)]);
        }

        var columnsOfFeature = encoding.Columns.Select((column, i) => (Column: column, Source: i)).ToLookup(item => item.Column.Feature);
        (MlpEncodedColumn Column, int Source)[] encoded =
        [
            .. sources
                .SelectMany((source, feature) => source == None
                    ? [(new MlpEncodedColumn(feature), None)]
                    : columnsOfFeature[source].Select(item => (item.Column with { Feature = feature }, item.Source)))
                .OrderBy(item => item.Item1.IsBin), // It keeps the order of features, and of the bins of each.
        ];
        return Rebuild(
            model,
            new MlpEncoding(sources.Length, encoded.Select(item => item.Column)),
            layers => [Gather(layers[0], outputs: null, [.. encoded.Select(item => item.Source)]), .. layers.Skip(1)]);
    }

    private static MlpModelParameters Rebuild(
        MlpModelParameters model,
        MlpEncoding? encoding,
        Func<IReadOnlyList<MlpLayerParameters>, IReadOnlyList<MlpLayerParameters>> change)
    {
        var (activation, task) = (model.Architecture.Activation, model.Architecture.Task);
        MlpModelParameters[] members =
            [.. model.Members.Select(member => MlpModelParameters.FromLayers(change(member.Layers), encoding, activation, task))];
        return members.Length == 1 ? members[0] : new MlpModelParameters(members);
    }

    /// <summary>A layer of some outputs and inputs of another; all of them where null is given. What is none has weights of 0.</summary>
    private static MlpLayerParameters Gather(MlpLayerParameters layer, int[]? outputs, int[]? inputs)
    {
        outputs ??= [.. Enumerable.Range(0, layer.Shape.OutputSize)];
        inputs ??= [.. Enumerable.Range(0, layer.Shape.InputSize)];
        var (weights, biases) = (new float[outputs.Length * inputs.Length], new float[outputs.Length]);
        for (var output = 0; output < outputs.Length; output++)
        {
            if (outputs[output] == None)
            {
                continue;
            }

            biases[output] = layer.Biases.Span[outputs[output]];
            var from = layer.Weights.Span.Slice(outputs[output] * layer.Shape.InputSize, layer.Shape.InputSize);
            var to = weights.AsSpan(output * inputs.Length, inputs.Length);
            for (var input = 0; input < inputs.Length; input++)
            {
                to[input] = inputs[input] == None ? 0 : from[inputs[input]];
            }
        }

        return new MlpLayerParameters(new MlpLayerShape(inputs.Length, outputs.Length), weights, biases);
    }

    /// <summary>The model's own classes, with their values.</summary>
    private DataViewSchema.Column PredictedLabel()
    {
        var features = new DataViewSchema.Builder();
        features.AddColumn(initial.FeatureColumnName, initial.FeatureColumnType);
        return initial.GetOutputSchema(features.ToSchema())["PredictedLabel"];
    }

    private void ReportMoved(string what, int[] sources)
    {
        int[] known = [.. sources.Where(source => source != None)];
        if (!known.SequenceEqual(known.Order()))
        {
            channel.Info(MessageSensitivity.Schema, $"The {what} of the initial model are put in the order of the data.");
        }
    }

    private void ReportNew(string what, int[] added, IReadOnlyList<string>? names, string fate)
    {
        if (added.Length > 0)
        {
            channel.Info(
                MessageSensitivity.Schema, $"The initial model does not know {Describe(what, added, names)}, {fate}.");
        }
    }

    private void ReportMissing(string what, int[] missing, IReadOnlyList<string>? names, string fate)
    {
        if (missing.Length > 0)
        {
            channel.Warning(
                MessageSensitivity.Schema, $"The data does not have {Describe(what, missing, names)} of the initial model: {fate}.");
        }
    }

    private static string Describe(string what, int[] indices, IReadOnlyList<string>? names)
    {
        var plural = indices.Length == 1 ? "" : what == "class" ? "es" : "s";
        var listed = indices.Take(MaxNamesInLog).Select(i => names is null ? $"number {i + 1}" : $"'{names[i]}'");
        var more = indices.Length > MaxNamesInLog ? $" and {indices.Length - MaxNamesInLog} more" : "";
        return $"the {what}{plural} {string.Join(", ", listed)}{more}";
    }
}
