using MnistML.Common;
using MnistML.Idx;
using static System.FormattableString;

namespace MnistML;

/// <content>Validation.</content>
public sealed partial record IdxSaverOptions
{
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    internal void ThrowIfInvalid(string parameterName) => OptionsValidator.ThrowIfAny(FindViolations(), parameterName);

    private IEnumerable<string> FindViolations()
    {
        if (ColumnName is not null && string.IsNullOrWhiteSpace(ColumnName))
        {
            yield return $"{nameof(ColumnName)} is empty, but must be a column's name, or null.";
        }

        if (string.IsNullOrWhiteSpace(LabelColumnName))
        {
            yield return $"{nameof(LabelColumnName)} must not be empty.";
        }

        if (ElementType is { } type && !Enum.IsDefined(type))
        {
            yield return $"{nameof(ElementType)} is {type}, but must be one of {string.Join(", ", Enum.GetNames<IdxElementType>())}.";
        }

        if (Scale is { } scale && (!float.IsFinite(scale) || scale == 0))
        {
            yield return Invariant($"{nameof(Scale)} is {scale}, but must be a finite number other than 0.");
        }

        if (FirstLabel < 0)
        {
            yield return Invariant($"{nameof(FirstLabel)} is {FirstLabel}, but must be at least 0.");
        }

        if (LabelElementType is not (null or IdxElementType.UInt8 or IdxElementType.Int8 or IdxElementType.Int16 or IdxElementType.Int32))
        {
            yield return $"{nameof(LabelElementType)} is {LabelElementType}, but labels are whole numbers: UInt8, Int8, Int16 or Int32.";
        }
    }
}
