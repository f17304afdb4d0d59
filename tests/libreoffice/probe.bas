Attribute VB_Name = "Probe"
Option Explicit

' What only VBA can hand to our modules: controls of the ribbon, several areas, error values.

Public Sub Press(buttonTag As String)
    Dim control As ControlStub
    Set control = New ControlStub
    control.Tag = buttonTag
    TickmarkPressed control
End Sub

Public Function CostLabel() As String
    Dim control As ControlStub
    Dim label As Variant
    Set control = New ControlStub
    TickmarkCostLabel control, label
    CostLabel = label
End Function

Public Function SeveralAreas() As Variant
    SeveralAreas = TickmarkPacked(ThisWorkbook.Worksheets("Data").Range("A1:A2,C1:C2"))
End Function

Public Function ErrorValues() As String
    Dim values(0 To 1, 0 To 1) As Variant
    values(0, 0) = CVErr(2042)
    values(1, 1) = "text"
    ErrorValues = TickmarkCall("LLM_ASK", Array(TickmarkPacked(values)))
End Function
