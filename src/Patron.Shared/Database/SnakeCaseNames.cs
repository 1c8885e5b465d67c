using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Patron.Shared.Text;

namespace Patron.Shared.Database;

/// <summary>Stores an enum as its snake_case name, as check constraints and JSON spell it.</summary>
public sealed class EnumNameConverter<T>() : ValueConverter<T, string>(value => ToText(value), text => FromText(text))
    where T : struct, Enum
{
    public static string ToText(T value) => EnumNames<T>.Of(value);

    public static T FromText(string text) => EnumNames<T>.Parse(text);
}

/// <summary>Gives every column the snake_case name of its property. Tables, keys and indexes are named in their configurations.</summary>
public static class SnakeCaseNames
{
    public static void UseSnakeCaseColumns(this ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            Rename(entity);
        }
    }

    private static void Rename(IMutableTypeBase type)
    {
        foreach (var property in type.GetProperties())
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }

        foreach (var complex in type.GetComplexProperties())
        {
            Rename(complex.ComplexType);
        }
    }
}
