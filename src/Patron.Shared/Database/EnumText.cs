using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>Stores an enum as its snake_case name, as the check constraints and the JSON spell it.</summary>
public sealed class EnumText<T>() : ValueConverter<T, string>(value => ToText(value), text => FromText(text))
    where T : struct, Enum
{
    public static string ToText(T value) => EnumNames<T>.Of(value);

    public static T FromText(string text) => EnumNames<T>.Parse(text);
}
