using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace MnistML.Training;

/// <summary>Checks a record of options by what its properties declare, and the records within it likewise.</summary>
internal static class OptionsValidator
{
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    public static void ThrowIfInvalid(object options, string parameterName)
    {
        string[] violations = [.. FindViolations(options, prefix: "")];
        if (violations.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, ["These options can't be used:", .. violations]), parameterName);
        }
    }

    private static IEnumerable<string> FindViolations(object options, string prefix)
    {
        var results = new List<ValidationResult>();
        var context = new ValidationContext(options);
        if (!Validator.TryValidateObject(options, context, results, validateAllProperties: true) && options is IValidatableObject rules)
        {
            // Where a property alone is wrong, .NET leaves the rules out; all violations are to be listed.
            results = [.. results.UnionBy(rules.Validate(context), result => result.ErrorMessage)];
        }

        var nested = options.GetType().GetProperties()
            .Where(property => property.IsDefined(typeof(OptionsWithinAttribute)) && property.GetValue(options) is not null)
            .SelectMany(property => FindViolations(property.GetValue(options)!, $"{prefix}{property.Name}."));
        return results.Select(result => $"- {prefix}{result.ErrorMessage}").Concat(nested);
    }
}

/// <summary>Marks a property whose value is a record of options too, to be checked by what its own properties declare.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionsWithinAttribute : RequiredAttribute
{
    public OptionsWithinAttribute() => ErrorMessage = "{0} is missing.";

    /// <summary>Whether there may be none.</summary>
    public bool IsOptional { get; init; }

    public override bool IsValid(object? value) => IsOptional || base.IsValid(value);
}
