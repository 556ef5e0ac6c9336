using MnistML.Common;
using static System.FormattableString;

namespace MnistML;

/// <content>Validation.</content>
public sealed partial record IdxLoaderOptions
{
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    internal void ThrowIfInvalid(string parameterName) => OptionsValidator.ThrowIfAny(FindViolations(), parameterName);

    private IEnumerable<string> FindViolations()
    {
        if (ClassNames is { Count: 0 })
        {
            yield return $"{nameof(ClassNames)} is empty, but there must be one name at least.";
        }

        if (ClassNames?.Contains(null) == true)
        {
            yield return $"{nameof(ClassNames)} holds null.";
        }

        if (ClassCount < 1)
        {
            yield return Invariant($"{nameof(ClassCount)} is {ClassCount}, but must be at least 1.");
        }

        if (FirstLabel < 0)
        {
            yield return Invariant($"{nameof(FirstLabel)} is {FirstLabel}, but must be at least 0.");
        }

        if (LabelField < 0)
        {
            yield return Invariant($"{nameof(LabelField)} is {LabelField}, but must be at least 0.");
        }

        if (Scale is { } scale && (!float.IsFinite(scale) || scale == 0))
        {
            yield return Invariant($"{nameof(Scale)} is {scale}, but must be a finite number other than 0.");
        }

        if (MaxUnpackedBytes < 1)
        {
            yield return Invariant($"{nameof(MaxUnpackedBytes)} is {MaxUnpackedBytes}, but must be at least 1.");
        }

        string[] names = [FeatureColumnName, ImageColumnName, LabelColumnName];
        if (names.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{nameof(FeatureColumnName)}, {nameof(ImageColumnName)} and {nameof(LabelColumnName)} must not be empty.";
        }
        else if (names.Distinct().Count() < names.Length)
        {
            yield return $"{nameof(FeatureColumnName)}, {nameof(ImageColumnName)} and {nameof(LabelColumnName)} are "
                + $"'{string.Join("', '", names)}', but must be different.";
        }
    }
}
