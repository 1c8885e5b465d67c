namespace Patron.Shared.Callers;

/// <summary>The organization that people register in; the same settings in every role (contract, 'Who may do what').</summary>
public sealed class HomeOrganization
{
    public Guid Id { get; set; } = new("0198c0de-0000-7000-8000-000000000001");

    public string Name { get; set; } = "Home";
}
