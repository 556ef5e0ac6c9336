using Microsoft.ML;
using MnistML.Trainers.Columns;

namespace MnistML.Trainers;

/// <content>What is refused before a training: validation, images and initial models that do not fit the options.</content>
internal sealed partial class NetworkTrainer
{
    /// <summary>Validation is not weighted, so its data needs no weight column.</summary>
    private InputColumns BindValidation(IDataView validationData, InputColumns columns)
    {
        var validation = InputColumns.Bind(validationData.Schema, _options with { ExampleWeightColumnName = null }, _host);
        columns.ThrowIfOther(validation);
        return validation;
    }

    private void ThrowIfValidationUnclear(IDataView? validationData)
    {
        if (validationData is not null && _options.ValidationFraction > 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"There is validation data, and {nameof(MlpTrainingOptions.ValidationFraction)} is {_options.ValidationFraction}; ")
                + "give one of the two.",
                nameof(validationData));
        }

        var hasValidation = validationData is not null || _options.ValidationFraction > 0;
        if (!hasValidation && _options.OutOfFold != true && _options.EarlyStopping is not null)
        {
            throw new ArgumentException(
                $"{nameof(MlpTrainingOptions.EarlyStopping)} is on, but there is nothing to validate with; "
                + $"pass validation data to Fit, or set {nameof(MlpTrainingOptions.ValidationFraction)}, to 0.1 for example.",
                nameof(validationData));
        }

    }

    private void ThrowIfNotImages(InputColumns columns, IDataView trainData)
    {
        if (_options.Augmentation is { } images && !images.Fits(columns.FeatureCount))
        {
            throw new ArgumentException(
                $"{nameof(MlpTrainingOptions.Augmentation)} is for images of height {images.Height}, width {images.Width} and channels "
                + $"{images.Channels}, but the feature column '{columns.Features.Name}' has {columns.FeatureCount} values in a row; "
                + "height, width and channels must multiply to that number.",
                nameof(trainData));
        }
    }

    private void ThrowIfOtherShape(MlpModelParameters? initialModel, InputColumns columns)
    {
        if (initialModel is null)
        {
            return;
        }

        var found = initialModel.Architecture;
        var wanted = new MlpArchitecture(
            columns.FeatureCount,
            _options.HiddenLayers ?? found.HiddenLayers,
            _options.Task == MlpTask.Multiclass ? columns.ClassCount : 1,
            _options.Activation,
            _options.Task,
            _options.Members ?? found.MemberCount,
            columns.FeatureCount == found.InputSize ? found.EncodedSize : null);
        if (found != wanted)
        {
            var (foundTask, wantedTask) = found.Task == wanted.Task ? ("", "") : ($" for {found.Task}", $" for {wanted.Task}");
            throw new ArgumentException(
                $"The initial model is {found} with {found.Activation}{foundTask}, "
                + $"but the data and the options ask for {wanted} with {wanted.Activation}{wantedTask}; both must be the same.",
                nameof(initialModel));
        }

        if (_options.SparseFeatures == true && initialModel.Encoding is not null)
        {
            throw new ArgumentException(
                $"{nameof(MlpTrainingOptions.SparseFeatures)} is true, but the initial model encodes its features, which makes zeros "
                + $"something else; leave {nameof(MlpTrainingOptions.SparseFeatures)} open.",
                nameof(initialModel));
        }

        var (isEncoded, wantsNone) = (initialModel.Encoding is not null, _options.FeatureEncoding == MlpFeatureEncoding.None);
        if (_options.FeatureEncoding != MlpFeatureEncoding.Auto && isEncoded == wantsNone)
        {
            throw new ArgumentException(
                $"The initial model {(isEncoded ? "encodes" : "does not encode")} its features, but "
                + $"{nameof(MlpTrainingOptions.FeatureEncoding)} asks for the opposite; leave it at {nameof(MlpFeatureEncoding.Auto)}.",
                nameof(initialModel));
        }
    }
}
