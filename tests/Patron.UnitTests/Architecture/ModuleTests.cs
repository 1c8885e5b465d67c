using System.Reflection;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Patron.UnitTests.Architecture;

/// <summary>The permitted references between modules (docs/architecture.md).</summary>
public sealed class ModuleTests
{
    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssemblies(Modules.All).Build();

    public static TheoryData<string> Names => [.. Modules.Arrows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Module_uses_only_its_permitted_modules(string module)
    {
        var forbidden = Modules.All.Where(other => other.GetName().Name is { } name && name != module && !Modules.Arrows[module].Contains(name)).ToArray();
        Check(Types().That().ResideInAssembly(Assembly.Load(module)).Should().NotDependOnAny(Types().That().ResideInAssembly(forbidden[0], forbidden[1..])));
    }

    [Theory]
    [InlineData("Patron.Dialects")]
    [InlineData("Patron.Portal")]
    [InlineData("Patron.Console")]
    public void Request_handling_does_not_access_the_database(string module) =>
        Check(Types().That().ResideInAssembly(Assembly.Load(module)).Should().NotDependOnAny(
            Types(includeReferenced: true).That().ResideInNamespaceMatching(@"^(Npgsql|Microsoft\.EntityFrameworkCore|System\.Data|Patron\.Shared\.Database)(\.|$)")));

    [Fact]
    public void Every_module_has_its_rules() => Assert.Equal(
        Modules.Arrows.Keys.Order(StringComparer.Ordinal),
        Directory.GetFiles(AppContext.BaseDirectory, "Patron.*.dll").Select(Path.GetFileNameWithoutExtension)
            .Where(name => name != typeof(ModuleTests).Assembly.GetName().Name).Order(StringComparer.Ordinal));

    private static void Check(TypesShouldConjunction rule) =>
        Offenders.ShouldBe([], rule.Evaluate(Loaded).Where(result => !result.Passed).Select(result => result.Description));
}
