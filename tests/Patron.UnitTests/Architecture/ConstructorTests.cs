using System.Reflection;

namespace Patron.UnitTests.Architecture;

/// <summary>Limits the constructor parameters of services. Records are data and have no limit.</summary>
public sealed class ConstructorTests
{
    private const int MaxParameters = 6;

    // These have to be split. Do not add more.
    private static readonly string[] Exceptions =
    [
    ];

    [Fact]
    public void Constructors_have_at_most_six_parameters() => Offenders.ShouldBe(
        Exceptions,
        Modules.Types
            .Where(type => type.IsClass && !IsRecord(type) && type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(constructor => constructor.GetParameters().Length > MaxParameters))
            .Select(type => type.FullName!));

    // The compiler adds this method to every record class; it cannot be written in C#.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
