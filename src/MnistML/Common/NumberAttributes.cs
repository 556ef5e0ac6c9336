using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace MnistML.Common;

/// <summary>
/// Declares the range of a number, or of each number of a list. Unlike <see cref="RangeAttribute"/> it names the value found, refuses NaN
/// and infinity, and has open bounds. Null is valid.
/// </summary>
internal abstract class NumberAttribute(string expected) : ValidationAttribute
{
    protected abstract bool Allows(double number);

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var numbers = value is IEnumerable list ? list.Cast<object>() : value is null ? [] : [value];
        return numbers.All(number => Convert.ToDouble(number, CultureInfo.InvariantCulture) is var x && double.IsFinite(x) && Allows(x))
            ? ValidationResult.Success
            : new ValidationResult(
                FormattableString.Invariant(
                    $"{validationContext.DisplayName} is {value}, but {(value is IEnumerable ? "each must" : "must")} be {expected}."));
    }
}

/// <summary>At least a bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AtLeastAttribute(double bound) : NumberAttribute(FormattableString.Invariant($"at least {bound}"))
{
    protected override bool Allows(double number) => number >= bound;
}

/// <summary>Above a bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AboveAttribute(double bound) : NumberAttribute(FormattableString.Invariant($"above {bound}"))
{
    protected override bool Allows(double number) => number > bound;
}

/// <summary>Below a bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BelowAttribute(double bound) : NumberAttribute(FormattableString.Invariant($"below {bound}"))
{
    protected override bool Allows(double number) => number < bound;
}

/// <summary>At most a bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AtMostAttribute(double bound) : NumberAttribute(FormattableString.Invariant($"at most {bound}"))
{
    protected override bool Allows(double number) => number <= bound;
}

/// <summary>Any number but NaN and infinity.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FiniteAttribute() : NumberAttribute("a finite number")
{
    protected override bool Allows(double number) => true;
}
