"""The evaluators of one program, over one memory and one frame cache."""

from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.evaluator import FieldEvaluator
from irrun.evaluate.nodes import NodeEvaluator
from irrun.evaluate.scene.cameras import CameraEvaluator
from irrun.evaluate.scene.meshes import MeshBuilder
from irrun.evaluate.signals.evaluator import SignalEvaluator
from irrun.evaluate.state_cells import CellFinder
from irrun.evaluate.transforms import ChainRunner
from irrun.ir.tables import Tables
from irrun.runtime.cache import FrameCache
from irrun.runtime.clock import ResolvedTime
from irrun.runtime.state import StateBuffer


class Evaluators:
    """What evaluates expressions, cameras and meshes, wired to memory, cache and environment."""

    def __init__(
        self, tables: Tables, state: StateBuffer, cache: FrameCache, env: Environment
    ) -> None:
        self.env = env
        finder = CellFinder(state)
        self.chains = ChainRunner(tables, finder, env)
        self.signals = SignalEvaluator(tables, finder, self.chains, cache, env)
        self.nodes = NodeEvaluator(tables, finder, env)
        self.cameras = CameraEvaluator(tables, env)
        self.meshes = MeshBuilder(tables, env)
        self.fields = FieldEvaluator(tables, self.signals, finder, cache, env)

    def set_time(self, time: ResolvedTime) -> None:
        """Give expressions the time of the frame (runtime-semantics 6.2)."""
        env = self.env
        env.t_abs_ms = float(time.t_abs_ms)
        env.t_model_ms = float(time.t_model_ms)
        env.phase01 = 0.0 if time.phase01 is None else time.phase01
        env.wrap_event = 1.0 if time.wrap_event == 1 else 0.0
        env.delta_sec = time.delta_sec
        env.delta_ms = time.delta_ms
