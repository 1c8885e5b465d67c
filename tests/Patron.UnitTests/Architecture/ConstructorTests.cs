using System.Reflection;

namespace Patron.UnitTests.Architecture;

/// <summary>A service that needs much does much. Records are data and may have as many values as they like.</summary>
public sealed class ConstructorTests
{
    private const int Most = 6;

    // To be split. None may be added.
    private static readonly string[] Exceptions =
    [
    ];

    [Fact]
    public void A_service_takes_at_most_six_parameters() => Offenders.ShouldBe(
        Exceptions,
        Modules.Types
            .Where(type => type.IsClass && !IsRecord(type) && type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(constructor => constructor.GetParameters().Length > Most))
            .Select(type => type.FullName!));

    // The compiler gives every record class this method, and nobody else can write it.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
