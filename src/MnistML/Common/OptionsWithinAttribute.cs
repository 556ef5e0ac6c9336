using System.ComponentModel.DataAnnotations;

namespace MnistML.Common;

/// <summary>Marks a property whose value is a record of options too, which is checked likewise.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionsWithinAttribute : RequiredAttribute
{
    public OptionsWithinAttribute() => ErrorMessage = "{0} is missing.";

    /// <summary>Whether the value may be null.</summary>
    public bool IsOptional { get; init; }

    public override bool IsValid(object? value) => IsOptional || base.IsValid(value);
}
