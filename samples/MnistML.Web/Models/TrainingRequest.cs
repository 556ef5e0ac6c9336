using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace MnistML.Web.Models;

/// <summary>A recipe, and what the user changed in it.</summary>
internal sealed record TrainingRequest : IValidatableObject
{
    private const int MaxLayers = 4;
    private const int MaxUnits = 2048;

    /// <summary>What to call the run; null for a name after its recipe.</summary>
    [StringLength(60)]
    public string? Name { get; init; }

    public RecipeName Recipe { get; init; }

    /// <summary>Passes over the training images; null for as many as the recipe has.</summary>
    [Range(1, 200)]
    public int? Epochs { get; init; }

    /// <summary>Units of each hidden layer; null for those of the recipe.</summary>
    public IReadOnlyList<int>? Hidden { get; init; }

    /// <summary>Null for the recipe's.</summary>
    [Range(1e-6, 10)]
    public double? LearningRate { get; init; }

    /// <summary>Null for the recipe's.</summary>
    [Range(8, 4096)]
    public int? BatchSize { get; init; }

    /// <summary>The share of hidden units that are left out in each step; null for the recipe's.</summary>
    [Range(0, 0.9)]
    public double? Dropout { get; init; }

    /// <summary>Whether images are distorted anew in each epoch; null for what the recipe does.</summary>
    public bool? Distort { get; init; }

    /// <summary>The share of the training images that is set aside, to see after each epoch what the network makes of them.</summary>
    [Range(0, 0.5)]
    public double ValidationShare { get; init; } = 0.05;

    /// <summary>Training images to use, at most; null for all.</summary>
    [Range(100, 10_000_000)]
    public int? Rows { get; init; }

    /// <summary>Whether the user's corrections are among the training images.</summary>
    public bool WithCorrections { get; init; }

    /// <summary>Whether to begin with the weights of the model in use.</summary>
    public bool FromCurrent { get; init; }

    public int? Seed { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enum.IsDefined(Recipe))
        {
            yield return new ValidationResult($"The recipe {Recipe} is unknown.", [nameof(Recipe)]);
        }

        if (Hidden is { } hidden && (hidden.Count is 0 or > MaxLayers || hidden.Any(units => units is < 1 or > MaxUnits)))
        {
            yield return new ValidationResult(
                $"There must be 1 to {MaxLayers} hidden layers of 1 to {MaxUnits} units.", [nameof(Hidden)]);
        }
    }

    /// <summary>The options of the library.</summary>
    public MlpTrainer.Options ToOptions(int side)
    {
        var recipe = Recipe switch
        {
            RecipeName.Classic => MlpRecipes.Classic,
            RecipeName.Accurate => MlpRecipes.Accurate(side, side),
            _ => MlpRecipes.Fast,
        };
        return recipe with
        {
            MaxEpochs = Epochs ?? recipe.MaxEpochs,
            HiddenLayers = Hidden ?? recipe.HiddenLayers,
            Optimizer = LearningRate is { } rate ? recipe.Optimizer with { LearningRate = rate } : recipe.Optimizer,
            BatchSize = BatchSize ?? recipe.BatchSize,
            DropoutRate = Dropout ?? recipe.DropoutRate,
            Augmentation = Distort switch
            {
                true => recipe.Augmentation ?? new MlpAugmentation(side, side),
                false => null,
                null => recipe.Augmentation,
            },
            ValidationFraction = ValidationShare,
            Seed = Seed,
            OnCancellation = MlpOnCancellation.ReturnBest,
        };
    }
}

/// <summary>The recipes of the library for images.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecipeName>))]
internal enum RecipeName
{
    /// <summary>Seconds.</summary>
    Fast,

    /// <summary>The first lesson's network, plain gradient descent.</summary>
    Classic,

    /// <summary>Minutes, and the fewest mistakes.</summary>
    Accurate,
}
