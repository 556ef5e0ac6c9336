using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MnistML.Samples.Commands;

/// <summary>The options of a training on the command line. An option that is left out keeps the recipe's value.</summary>
internal sealed class TrainingOptions
{
    private const double DefaultValidation = 0.1;

    private readonly Option<string?> _recipe = SharedOptions.Choice(
        "--recipe",
        "classic: the first lesson's network, SGD, 20 epochs; fast: a good network within seconds; accurate: the best within ten minutes, "
        + "images distorted anew in each epoch [default: fast]",
        "classic", "fast", "accurate");

    private readonly Option<int?> _epochs = SharedOptions.WholeNumber(
        "--epochs", minimum: 1, "Passes over the training set [default: the recipe's]");

    private readonly Option<string?> _hidden = new("--hidden")
    {
        Description = "Units of each hidden layer, for example 512,256 [default: the recipe's]",
        HelpName = "UNITS",
    };

    private readonly Option<string?> _optimizer = SharedOptions.Choice(
        "--optimizer",
        "sgd: gradient descent with a momentum of 0.9; adam; adamw: Adam with decoupled weight decay [default: the recipe's]", "sgd",
        "adam", "adamw");

    private readonly Option<double?> _learningRate = SharedOptions.Number(
        "--lr", value => value > 0, "above 0",
        "Learning rate, the largest one of the recipe's schedule [default: the recipe's; sgd 0.1, adam 0.001, adamw 0.003]");

    private readonly Option<double?> _dropout = SharedOptions.Number(
        "--dropout", value => value is >= 0 and < 1, "at least 0 and below 1",
        "Share of each hidden layer's outputs that are dropped in training, for example 0.2 [default: the recipe's]");

    private readonly Option<MlpPrecision?> _precision = new("--precision")
    {
        Description = "auto, single or bfloat16: the numbers that matrix products are computed with [default: the recipe's]",
        HelpName = "auto|single|bfloat16",
        CustomParser = result =>
            Enum.TryParse<MlpPrecision>(result.Tokens[0].Value, ignoreCase: true, out var precision) && Enum.IsDefined(precision)
            ? precision
            : ReportUnknown(result),
    };

    private readonly Option<int?> _batch = SharedOptions.WholeNumber(
        "--batch", minimum: 1, "Images that make one update [default: the recipe's]");

    private readonly Option<double?> _validation = SharedOptions.Number(
        "--validation", value => value is >= 0 and < 1, "at least 0 and below 1",
        "Share of the training images that are set aside to validate with after each epoch, for example 0.1 [default: 0; "
        + "with --patience 0.1]");

    private readonly Option<int?> _patience = SharedOptions.WholeNumber(
        "--patience", minimum: 1,
        "Stop when the validation loss has not fallen for so many epochs, and keep the best weights [default: train all epochs]");

    /// <summary>
    /// What <see cref="MlpRecipes.Fast"/> chooses for images, named, so that images get it whatever they are like and the screen can show
    /// it.
    /// </summary>
    private static readonly MlpTrainer.Options Fast = MlpRecipes.Fast with
    {
        HiddenLayers = [512, 256],
        Members = 1,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        FeatureEncoding = MlpFeatureEncoding.None,
        Schedule = MlpSchedule.OneCycle(),
        BatchSize = 256,
    };

    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Keep the training in this file after each epoch; the same command goes on from it when it was stopped",
        HelpName = "FILE",
    };

    private readonly Option<int?> _seed = SharedOptions.WholeNumber("--seed", int.MinValue, "Makes the run repeatable, bit for bit");

    public TrainingOptions()
    {
        _checkpoint.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.Tokens[0].Value))
            {
                result.AddError("--checkpoint is empty, but must be the path of a file.");
            }
        });
    }

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
        [_recipe, _epochs, _hidden, _optimizer, _learningRate, _dropout, _precision, _batch, _validation, _patience, _checkpoint, _seed];

    public string ReadRecipe(ParseResult parsed) => parsed.GetValue(_recipe) ?? "fast";

    /// <param name="parsed">The command line.</param>
    /// <param name="height">Of the images, in pixels; MNIST's until the data is known.</param>
    /// <param name="width">Of the images, in pixels.</param>
    public MlpTrainer.Options Read(ParseResult parsed, int height = 28, int width = 28)
    {
        var recipe = ReadRecipe(parsed) switch
        {
            "classic" => MlpRecipes.Classic,
            "accurate" => MlpRecipes.Accurate(height, width),
            _ => Fast,
        };
        var patience = parsed.GetValue(_patience);
        if (patience is not null && parsed.GetValue(_validation) == 0)
        {
            throw new ArgumentException(
                "--patience needs images to validate with, but --validation is 0; leave it out, or set aside 0.1 for example.");
        }

        return recipe with
        {
            MaxEpochs = parsed.GetValue(_epochs) ?? recipe.MaxEpochs,
            HiddenLayers = parsed.GetValue(_hidden) is { } hidden ? ReadUnits(hidden) : recipe.HiddenLayers,
            Optimizer = ReadOptimizer(parsed, recipe.Optimizer),
            DropoutRate = parsed.GetValue(_dropout) ?? recipe.DropoutRate,
            Precision = parsed.GetValue(_precision) ?? recipe.Precision,
            BatchSize = parsed.GetValue(_batch) ?? recipe.BatchSize,
            ValidationFraction = parsed.GetValue(_validation) ?? (patience is null ? recipe.ValidationFraction : DefaultValidation),
            EarlyStopping = patience is { } epochs ? new MlpEarlyStopping(epochs) : recipe.EarlyStopping,
            CheckpointPath = parsed.GetValue(_checkpoint),
            Seed = parsed.GetValue(_seed),
        };
    }

    /// <summary>The options with the network of a model that is trained further, unless the command line names another one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What was read from it.</param>
    /// <param name="model">The model.</param>
    public MlpTrainer.Options ReadWithNetworkOf(ParseResult parsed, MlpTrainer.Options options, MlpModelParameters model) => options with
    {
        HiddenLayers = parsed.GetValue(_hidden) is null ? model.Architecture.HiddenLayers : options.HiddenLayers,
        Activation = model.Architecture.Activation,
        Members = model.Architecture.MemberCount,
        FeatureEncoding = MlpFeatureEncoding.Auto,
    };

    private MlpOptimizer ReadOptimizer(ParseResult parsed, MlpOptimizer recipes)
    {
        var optimizer = parsed.GetValue(_optimizer) switch
        {
            "sgd" => MlpOptimizer.Sgd(learningRate: 0.1, momentum: 0.9),
            "adam" => MlpOptimizer.Adam(learningRate: 0.001),
            "adamw" => MlpOptimizer.AdamW(learningRate: 0.003),
            _ => recipes,
        };
        return parsed.GetValue(_learningRate) is { } learningRate ? optimizer with { LearningRate = learningRate } : optimizer;
    }

    private static MlpPrecision? ReportUnknown(ArgumentResult result)
    {
        result.AddError($"--precision is '{result.Tokens[0].Value}', but must be auto, single or bfloat16.");
        return null;
    }

    private static int[] ReadUnits(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. parts.Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var units) && units > 0
                ? units
                : throw new ArgumentException(
                    $"--hidden is '{text}', but must be numbers of units above 0 with commas between them, such as 512,256.")),
        ];
    }
}
