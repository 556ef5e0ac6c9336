using System.ComponentModel.DataAnnotations;

namespace MnistML.Training;

/// <summary>Checks a record of options by what its properties declare, and the records within it likewise.</summary>
internal static class OptionsValidator
{
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    public static void ThrowIfInvalid(object options, string parameterName)
    {
        var violations = new List<string>();
        Collect(options, prefix: "", violations);
        if (violations.Count > 0)
        {
            throw new ArgumentException(
                string.Join(Environment.NewLine, [$"{violations.Count} of the options can't be used:", .. violations]), parameterName);
        }
    }

    private static void Collect(object options, string prefix, List<string> violations)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        violations.AddRange(results.Select(result => $"- {prefix}{result.ErrorMessage}"));

        foreach (var property in options.GetType().GetProperties().Where(property => property.PropertyType.Assembly == typeof(OptionsValidator).Assembly))
        {
            if (property.PropertyType.IsClass && property.GetIndexParameters().Length == 0 && property.GetValue(options) is { } nested)
            {
                Collect(nested, $"{prefix}{property.Name}.", violations);
            }
        }
    }
}
