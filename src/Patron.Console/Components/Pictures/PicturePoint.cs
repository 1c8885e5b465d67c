namespace Patron.StaffConsole.Components.Pictures;

/// <summary>
/// A bar of a picture: what it is about, how many, and the address of the list behind it as the browser sees it; null where there is none.
/// </summary>
public sealed record PicturePoint(string Label, long Value, string? Address = null);
