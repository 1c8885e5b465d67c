namespace Patron.UnitTests.Architecture;

/// <summary>Type names are unique across modules.</summary>
public sealed class NameTests
{
    [Fact]
    public void No_two_modules_have_a_type_of_the_same_name() => Offenders.ShouldBe([], Modules.Types
        .Where(type => !type.IsNested && type.Name != "_Imports")
        .GroupBy(type => type.Name.Split('`')[0], StringComparer.Ordinal)
        .Where(named => named.Select(type => type.Assembly).Distinct().Count() > 1)
        .Select(named => string.Join(" and ", named)));
}
