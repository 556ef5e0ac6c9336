using System.ComponentModel.DataAnnotations;

namespace MnistML.Common;

/// <summary>Marks a property whose value is a record of options too, to be checked by what its own properties declare.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionsWithinAttribute : RequiredAttribute
{
    public OptionsWithinAttribute() => ErrorMessage = "{0} is missing.";

    /// <summary>Whether there may be none.</summary>
    public bool IsOptional { get; init; }

    public override bool IsValid(object? value) => IsOptional || base.IsValid(value);
}
